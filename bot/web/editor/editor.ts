// What the editors' pages do beyond HTML: keys, previews, and a form that keeps itself.
// Without script every page works, by its buttons.
import { Form } from "./form";
import { onKeys } from "./keys";
import { Preview } from "./preview";

customElements.define("wenda-preview", Preview);
onKeys();
const form = document.querySelector<HTMLFormElement>("form.edit");
if (form) new Form(form);
