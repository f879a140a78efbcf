// Settings from the address come from strangers: each is checked, and what is wrong is gathered.

export function reader(settings) {
  const wrong = [];
  function take(key, otherwise, understand) {
    if (!Object.hasOwn(settings, key)) return otherwise;
    const value = understand(settings[key]);
    if (value !== null) return value;
    wrong.push(key);
    return otherwise;
  }
  const between = (text, low, high) => {
    const value = text.trim() === "" ? NaN : Number(text);
    return value >= low && value <= high ? value : null;
  };
  const whole = (text, low, high) => (/^\d{1,9}$/.test(text) ? between(text, low, high) : null);
  return {
    wrong,
    take,
    choice: (key, names, otherwise = names[0]) => take(key, otherwise, (text) => (names.includes(text) ? text : null)),
    number: (key, [low, high], otherwise) => take(key, otherwise, (text) => between(text, low, high)),
    whole: (key, [low, high], otherwise) => take(key, otherwise, (text) => whole(text, low, high)),
    pair: (key, reach, otherwise) => take(key, otherwise, (text) => {
      const parts = text.split(",").map((part) => between(part, -reach, reach));
      return parts.length === 2 && !parts.includes(null) ? parts : null;
    }),
  };
}
