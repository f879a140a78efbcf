// What one takes along: the address of what is shown, and the page as one file.

import { dialog, make } from "./dom.js";
import { ask } from "./offline.js";

const KEPT = 60e3; // ms: a browser may take its time to save

/** Copies the address, or shows it to be copied by hand: without https browsers let no page copy. */
export async function share(say, tell) {
  try {
    await navigator.clipboard.writeText(location.href);
    tell(say("page.shared"));
  } catch {
    byHand(say);
  }
}

function byHand(say) {
  const field = make("input", { type: "text", readonly: true, value: location.href, "aria-label": say("page.share") });
  dialog(say("page.share"), say("page.close"), make("p", {}, say("page.copy_by_hand")), field);
  field.focus();
  field.select();
}

/** Saves the page as one file that holds this formula. */
export async function save(say, tell, f) {
  tell(say("page.saving"));
  try {
    const answer = await ask(f ? `/export?${new URLSearchParams({ f })}` : "/export");
    if (!answer.ok) return tell((await answer.json()).error, true);
    const href = URL.createObjectURL(await answer.blob());
    make("a", { href, download: "spusk-lab.html" }).click();
    setTimeout(() => URL.revokeObjectURL(href), KEPT);
  } catch {
    tell(say("page.not_saved"), true);
  }
}
