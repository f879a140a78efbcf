// The surface view.
import { make } from "./dom.js";

export function mount(room, { say }) {
  room.append(make("h2", {}, say("surface.title")));
  return {};
}
