// Builds everything the browser loads that is not written by hand, into fotspor/kit/static/kit/built/.
// Reads installed packages only; nothing is fetched.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const packages = join(root, "node_modules");
const work = join(root, "build");
const out = join(root, "fotspor/kit/static/kit/built");
const read = (...path) => readFileSync(join(...path), "utf8");
const write = (name, text) => writeFileSync(join(out, name), text);

// Only what our templates use, in the order of the package's own index.css, in its own cascade layers.
const LAYERS = {
  "ds.base": ["base", "heading", "label", "paragraph", "validation-message"],
  "ds.components": [
    "link", "data-size-workaround", "button", "input", "field", "fieldset", "alert", "skip-link", "details", "dialog",
    "list", "card", "divider", "pagination", "skeleton", "tag", "error-summary", "toggle-group", "spinner", "table",
    "breadcrumbs", "avatar",
  ],
};

// Our own drawings, 24 x 24.
const GLYPHS = {
  foot: '<path d="M11.9 9.3c3.3 0 5.3 2 5.3 4.6 0 2.1-1.2 3.1-1.6 4.7-.4 1.9-1.4 3.3-3.3 3.3s-3.1-1.3-3.3-3.3c-.2-1.9-2-2.7-2-5.1 0-2.6 2-4.2 4.9-4.2Z"/><circle cx="7.7" cy="6.3" r="2.1"/><circle cx="11.4" cy="4.5" r="1.55"/><circle cx="14.5" cy="4.9" r="1.35"/><circle cx="17" cy="6.4" r="1.2"/><circle cx="18.7" cy="8.6" r="1.05"/>',
  baton: '<path fill="currentColor" d="M16.9 2.9a2.5 2.5 0 0 1 3.6 0l.6.6a2.5 2.5 0 0 1 0 3.6L7.1 21.1a2.5 2.5 0 0 1-3.6 0l-.6-.6a2.5 2.5 0 0 1 0-3.6l14-14Zm-3.3 5.4-5.3 5.3 2.1 2.1 5.3-5.3-2.1-2.1Z"/>',
};

// What Inter's own subsets cover; South Sami letters are in latin-ext.
const FONTS = {
  "inter-latin":
    "U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+2000-206F, U+20AC, U+2122, U+2190-2193, U+2212, U+2215, U+2260, U+2264-2265, U+FEFF, U+FFFD",
  "inter-latin-ext":
    "U+0100-02BA, U+02BD-02C5, U+02C7-02CC, U+02CE-02D7, U+02DD-02FF, U+1E00-1E9F, U+1EF2-1EFF, U+20A0-20AB, U+20AD-20C0, U+2113, U+2C60-2C7F, U+A720-A7FF",
};

function theme() {
  const designsystemet = join(packages, "@digdir/designsystemet/dist/bin/designsystemet.js");
  const run = (...words) => execFileSync(process.execPath, [designsystemet, "tokens", ...words], { cwd: root, stdio: "pipe" });
  run("create", "--clean", "true");
  run("build", "--tokens", "./build/tokens", "--out-dir", "./build/theme");
  copyFileSync(join(work, "theme/fotspor.css"), join(out, "fotspor-theme.css"));
}

function components() {
  const source = join(packages, "@digdir/designsystemet-css/dist/src");
  const layer = ([name, parts]) => `@layer ${name}{${parts.map((part) => read(source, `${part}.css`)).join("")}}`;
  write("designsystemet.css", `@layer ds.theme, ds.base, ds.components;${Object.entries(LAYERS).map(layer).join("")}`);
}

function symbol(name) {
  const drawing = read(packages, "@navikt/aksel-icons/dist/svg", `${name}.svg`);
  const body = drawing.match(/<svg[^>]*>(.*)<\/svg>/s)[1].trim();
  // Two decimals of a 24-unit box are finer than a pixel. A number that loses its point keeps a space in its place,
  // since "1.999.5" is two numbers. Arcs with run-together flags ("01.5") would be misread, so those stay whole.
  if (/[aA][^a-zA-Z]*\s[01][01][\d.]/.test(body)) return body;
  return body.replace(/\d*\.\d{3,}/g, (n) => {
    const short = String(Number(Number(n).toFixed(2)));
    return short.includes(".") ? short.replace(/^0\./, ".") : `${short} `;
  });
}

function icons() {
  const names = JSON.parse(read(root, "front/icons.json"));
  const drawn = { ...GLYPHS, ...Object.fromEntries(names.map((name) => [name, symbol(name)])) };
  const symbols = Object.entries(drawn).map(([name, body]) => `<symbol id="i-${name}" viewBox="0 0 24 24">${body}</symbol>`);
  write("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

function fonts() {
  const face = ([name, range]) => {
    copyFileSync(join(packages, "@fontsource-variable/inter/files", `${name}-wght-normal.woff2`), join(out, `${name}.woff2`));
    return `@font-face{font-family:Inter;src:url(${name}.woff2) format("woff2");font-weight:100 900;font-display:swap;unicode-range:${range}}`;
  };
  write("inter.css", `${Object.entries(FONTS).map(face).join("\n")}\n`);
}

// A policy without inline style needs a rule for every column a step may stand in.
function trail() {
  const columns = Array.from({ length: 32 }, (_, i) => i + 1);
  const rules = columns.map((n) => [
    `.fs-trail [data-start="${n}"]{grid-column-start:${n}}`,
    `.fs-trail [data-span="${n}"]{grid-column-end:span ${n}}`,
    `.fs-trail__lanes[data-columns="${n}"]{max-width:${n * 4.5}rem}`,
    `.fs-trail__lanes[data-narrow="${n}"]{grid-template-columns:repeat(${n},minmax(0,.82fr))}`,
  ].join("")).join("\n");
  // Beside the rail on a small screen there is no room for many steps: the way is as wide as it must be, and scrolls.
  const wide = columns.map((n) => `.fs-trail__lanes[data-columns="${n}"]{min-width:${n * 2.5}rem}`).join("");
  write("trail.css", `@layer fs{@media (width >= 48rem){\n${rules}\n}\n@media (48rem <= width < 75rem){${wide}}}\n`);
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
theme();
components();
icons();
fonts();
trail();
console.log(`Built theme, components, icons and font in ${out}`);
