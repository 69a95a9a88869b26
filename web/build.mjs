// Builds the page: node build.mjs DIRECTORY. Leaves there the files as they are sent (gzip, named by their content),
// what compiles them into the daemon (assets.S, assets.cpp), and sizes.json. Fails above the budget.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

// Of scripts and styles, gzip, in whichever language is the largest: what an agent's page consists of; the same with the
// views of supervisors and IT; and the wallboard with its charts, which is fetched when somebody opens it.
const budgets_gz = { workstation_gz: 45 * 1024, centre_gz: 75 * 1024, wallboard_gz: 30 * 1024 };
const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? "dist");
const types = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
};

const hash_of = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 20);

// The files, the first of them what the page begins with. `with_page` are those that it cannot do without.
async function bundle() {
  const { outputFiles, metafile } = await build({
    entryPoints: { app: join(here, "src/main.tsx"), style: join(here, "src/styles/style.css") },
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    metafile: true,
    minify: true,
    format: "esm",
    target: ["chrome123", "firefox120", "safari17.5"],
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    absWorkingDir: out,
    outdir: out,
    write: false,
  });
  const written = Object.entries(metafile.outputs);
  const app = written.find(([, { entryPoint }]) => entryPoint?.endsWith("main.tsx"))[0];
  const needed = [app, ...imported(metafile.outputs, app)];
  const wall = written.find(([, { entryPoint }]) => entryPoint?.endsWith("wall/wall.tsx"))[0];
  const languages = written.filter(([, { entryPoint }]) => /page\/(english|german)\.ts$/.test(entryPoint ?? "")).map(([name]) => name);
  return outputFiles
    .map(({ path, contents }) => {
      const name = basename(path);
      const with_page = name.endsWith(".css") || needed.includes(name);
      const language = languages.includes(name);
      const wallboard = name === wall;
      return { path: `/assets/${name}`, type: types[extname(name)], bytes: contents, with_page, language, wallboard, first: name === app };
    })
    .sort((a, b) => Number(b.first) - Number(a.first));
}

// What a script imports before it runs, and what that imports.
function imported(outputs, name) {
  const direct = outputs[name].imports.filter(({ kind }) => kind === "import-statement").map(({ path }) => path);
  return direct.flatMap((path) => [path, ...imported(outputs, path)]);
}

function page_of(files) {
  const needed = files.filter(({ with_page }) => with_page).map(({ path }) => path);
  const [script, ...others] = needed.filter((path) => path.endsWith(".js"));
  const style = needed.find((path) => path.endsWith(".css"));
  const preload = others.map((path) => `<link rel="modulepreload" href="${path}" />`).join("");
  const html = readFileSync(join(here, "src/index.html"), "utf8");
  const filled = html.replace("{{script}}", script).replace("{{style}}", style).replace("{{preload}}", preload);
  return { path: "/", type: types[".html"], bytes: Buffer.from(filled), with_page: true };
}

function write_assets(files) {
  let assembler = "// Written by web/build.mjs: the files of the page as bytes of the program.\n  .section .rodata\n";
  let symbols = "";
  let rows = "";
  files.forEach((file, i) => {
    const symbol = `holdline_page_${i}`;
    const stored = join(out, `${file.path === "/" ? "index.html" : basename(file.path)}.gz`);
    writeFileSync(stored, file.gzip);
    assembler += `  .global ${symbol}\n${symbol}:\n  .incbin "${stored}"\n  .global ${symbol}_end\n${symbol}_end:\n`;
    symbols += `extern "C" const char ${symbol}[], ${symbol}_end[];\n`;
    const bytes = `{${symbol}, static_cast<std::size_t>(${symbol}_end - ${symbol})}`;
    rows += `      {"${file.path}", "${file.type}", "\\"${hash_of(file.bytes)}\\"", ${bytes}},\n`;
  });
  writeFileSync(join(out, "assets.S"), `${assembler}  .section .note.GNU-stack, "", %progbits\n`);
  writeFileSync(
    join(out, "assets.cpp"),
    `// Written by web/build.mjs: the files of the page.\n#include "agent/console/assets.hpp"\n\n#include <cstddef>\n\n` +
      `${symbols}\nnamespace holdline::agent {\n\nstd::span<const Asset> console_assets() {\n` +
      `  static const Asset table[] = {\n${rows}  };\n  return table;\n}\n\n}  // namespace holdline::agent\n`,
  );
}

mkdirSync(out, { recursive: true });
const files = await bundle();
files.unshift(page_of(files));
for (const file of files) file.gzip = gzipSync(file.bytes, { level: 9 });
const sum = (some) => some.reduce((bytes, file) => bytes + file.gzip.length, 0);
const counted = files.filter((file) => file.path !== "/");
const largest = Math.max(...counted.filter(({ language }) => language).map(({ gzip }) => gzip.length));
const sizes = {
  workstation_gz: sum(counted.filter(({ with_page }) => with_page)) + largest,
  centre_gz: sum(counted.filter(({ wallboard, language }) => !wallboard && !language)) + largest,
  wallboard_gz: sum(counted.filter(({ wallboard }) => wallboard)),
};
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
write_assets(files);
writeFileSync(join(out, "sizes.json"), `${JSON.stringify(sizes)}\n`);
for (const [name, budget] of Object.entries(budgets_gz)) {
  console.log(`the page: ${name} ${sizes[name]} bytes of ${budget} (scripts and styles, gzip)`);
  if (sizes[name] <= budget) continue;
  console.error("The page is larger than it may be: look for what could be left out.");
  process.exitCode = 1;
}
