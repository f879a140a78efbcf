// How a network was taught, so that it can be taught the same again from its seed: stretches of epochs,
// each with its rate and batch size, as the address writes them: n,rate,batch;n,rate,batch;…

const EPOCHS = 20_000, STRETCHES = 40; // more is not done again
export const RATES = [0.01, 30], BATCHES = [1, 50];

/** The same with one more epoch; null where it has become too much to do again. */
export function andOne(taught, { rate, batch }) {
  if (!taught || epochsOf(taught) >= EPOCHS) return null;
  const last = taught.at(-1);
  if (last?.rate === rate && last.batch === batch) last.n++;
  else taught.push({ n: 1, rate, batch });
  return taught.length > STRETCHES ? null : taught;
}

const epochsOf = (taught) => taught.reduce((sum, { n }) => sum + n, 0);

/** Epoch after epoch, what each is taught with. */
export function* lessons(taught) {
  for (const { n, rate, batch } of taught) for (let k = 0; k < n; k++) yield { rate, batch };
}

export const taughtText = (taught) => taught.map(({ n, rate, batch }) => [n, rate, batch].join(",")).join(";");

/** Stretches read back; null where the text is no such list. */
export function taughtFrom(text) {
  const rows = text.split(";").map((row) => row.split(",").map((part) => (part.trim() ? Number(part) : NaN)));
  /** @type {(value: number, ends: number[]) => boolean} */
  const within = (value, [low, high]) => value >= low && value <= high;
  const good = ([n, rate, batch, ...more]) => !more.length && Number.isInteger(n) && n > 0
    && within(rate, RATES) && Number.isInteger(batch) && within(batch, BATCHES);
  if (rows.length > STRETCHES || !rows.every(good)) return null;
  const taught = rows.map(([n, rate, batch]) => ({ n, rate, batch }));
  return epochsOf(taught) <= EPOCHS ? taught : null;
}
