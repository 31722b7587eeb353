import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export const repositoryFolder = fileURLToPath(new URL("../..", import.meta.url));

/** One import, re-export or `import()` of a source file. */
export interface ImportEdge {
  readonly specifier: string;
  /** `type`: erased by the compiler; `lazy`: an `import()`; `value`: done when the file is loaded. */
  readonly kind: "type" | "value" | "lazy";
}

/** One TypeScript file of a package. */
export interface SourceFile {
  /** Folder name of its package. */
  readonly package: string;
  /** Path from the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly isTest: boolean;
  readonly imports: readonly ImportEdge[];
  /** Every name that occurs in it. */
  readonly identifiers: ReadonlySet<string>;
}

export interface PackageManifest {
  readonly version: string;
  readonly name: string;
  readonly license?: string;
  readonly description?: string;
  readonly files?: readonly string[];
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Folder names under `packages/`. */
export const packageFolders = readdirSync(join(repositoryFolder, "packages"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

export function manifestOf(folder: string): PackageManifest {
  return JSON.parse(
    readFileSync(join(repositoryFolder, "packages", folder, "package.json"), "utf8"),
  ) as PackageManifest;
}

/** Every TypeScript file under `packages/…/src`. */
export function readSourceFiles(): readonly SourceFile[] {
  return packageFolders.flatMap((folder) =>
    typeScriptFiles(join(repositoryFolder, "packages", folder, "src")).map((path) => parse(folder, path)),
  );
}

/** Every TypeScript file of the editor's extension. */
export function readExtensionFiles(): readonly SourceFile[] {
  return typeScriptFiles(join(repositoryFolder, "extension/src")).map((path) => parse("extension", path));
}

/** The file of the same package that a relative import names, as a path from the root. */
export function resolveRelative(file: SourceFile, specifier: string): string {
  return relative(repositoryFolder, resolve(repositoryFolder, dirname(file.path), specifier));
}

function typeScriptFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.m?ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function parse(folder: string, path: string): SourceFile {
  const text = readFileSync(path, "utf8");
  const imports: ImportEdge[] = [];
  const identifiers = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) identifiers.add(node.text);
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      imports.push({ specifier: node.moduleSpecifier.text, kind: isTypeImport(node) ? "type" : "value" });
    } else if (
      ts.isExportDeclaration(node) &&
      node.moduleSpecifier !== undefined &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      imports.push({ specifier: node.moduleSpecifier.text, kind: isTypeExport(node) ? "type" : "value" });
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      if (argument !== undefined && ts.isStringLiteral(argument)) {
        imports.push({ specifier: argument.text, kind: "lazy" });
      }
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      if (ts.isStringLiteral(node.argument.literal)) {
        imports.push({ specifier: node.argument.literal.text, kind: "type" });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, false, ts.ScriptKind.TS));
  return {
    package: folder,
    path: relative(repositoryFolder, path),
    text,
    isTest: path.endsWith(".test.ts"),
    imports,
    identifiers,
  };
}

function isTypeImport(node: ts.ImportDeclaration): boolean {
  const clause = node.importClause;
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  return (
    clause.name === undefined &&
    bindings !== undefined &&
    ts.isNamedImports(bindings) &&
    bindings.elements.every((element) => element.isTypeOnly)
  );
}

function isTypeExport(node: ts.ExportDeclaration): boolean {
  if (node.isTypeOnly) return true;
  const clause = node.exportClause;
  return (
    clause !== undefined &&
    ts.isNamedExports(clause) &&
    clause.elements.length > 0 &&
    clause.elements.every((element) => element.isTypeOnly)
  );
}
