import { COMMAND, INVALID, Tokenizer } from "../../src/shell/tokenizer.js";
import { assert, test } from "../harness.js";

const VALUES: Readonly<Record<string, string>> = { NAME: "two words", EMPTY: "", "?": "7" };

function tokenize(line: string): string {
	const tokenizer = new Tokenizer(line, name => VALUES[name] ?? "");
	let text = "";
	for (;;) {
		const token = tokenizer.next();
		if (token === INVALID) return `error: ${tokenizer.error}`;
		if (token !== COMMAND) return text;
		text += `[${tokenizer.words.join("|")}]${tokenizer.operator}`;
	}
}

const BRACED = "$" + "{NAME}";
const ONLY = `is not supported: only $NAME, ${BRACED} and $?`;

const LINES: readonly (readonly [string, string])[] = [
	["", ""],
	["  \t ", ""],
	["echo a  b", "[echo|a|b]"],
	["echo 'a  b' \"c d\"", "[echo|a  b|c d]"],
	["echo a'b'\"c\"\\ d", "[echo|abc d]"],
	["echo ''", "[echo|]"],
	["echo 'a\\b'", "[echo|a\\b]"],
	['echo "a\\"b\\\\c\\$d\\`e\\f"', '[echo|a"b\\c$d`e\\f]'],
	["echo \\'\\\"\\#", "[echo|'\"#]"],
	["echo a#b #c d", "[echo|a#b]"],
	["# nothing", ""],
	["a;b ; c;", "[a];[b];[c];"],
	["a&&b||c", "[a]&&[b]||[c]"],
	["a\nb\n\n#c\nd", "[a];[b];[d]"],
	["a &&\nb", "[a]&&[b]"],
	["echo a\\\nb", "[echo|ab]"],
	[`echo $NAME ${BRACED}x "$NAME"`, "[echo|two words|two wordsx|two words]"],
	["echo '$NAME' \\$NAME", "[echo|$NAME|$NAME]"],
	['echo $EMPTY $NONE "$EMPTY" $?', "[echo||7]"],
	["echo $ a$ $. $", "[echo|$|a$|$.|$]"],
	["echo ~ {a,b} a=b !x", "[echo|~|{a,b}|a=b|!x]"],
	["echo größe 漢字", "[echo|größe|漢字]"],
	["echo 'a", "error: unterminated '"],
	['echo "a', 'error: unterminated "'],
	['echo "a\\', 'error: unterminated "'],
	["echo \\", "error: nothing follows the last \\"],
	["a | b", "error: pipes (|) are not supported"],
	["a &", "error: background commands (&) are not supported"],
	["a > b", "error: redirection (>) is not supported"],
	["a < b", "error: redirection (<) is not supported"],
	["(a)", "error: subshells () are not supported"],
	["echo `a`", "error: command substitution is not supported"],
	['echo "`a`"', "error: command substitution is not supported"],
	["echo $(a)", `error: $( ${ONLY}`],
	["echo $1", `error: $1 ${ONLY}`],
	["echo $" + "{NAME:-x}", `error: $\{ ${ONLY}`],
	["echo *.c", "error: there are no files for * to match; write '*' for the character"],
	["echo '*' \"?\" \\[", "[echo|*|?|[]"],
	[";", "error: a command is missing before ;"],
	["a ;; b", "error: a command is missing before ;"],
	["&& a", "error: a command is missing before &&"],
	["a &&", "error: a command is missing after &&"],
	["a || ; b", "error: a command is missing before ;"],
];

test("tokenizer: words, quotes and lists as in sh; what is not supported is named", () => {
	for (const [line, expected] of LINES) {
		const tokens = tokenize(line);
		// A command before the error is read as well; the interpreter runs none of it.
		if (expected.startsWith("error")) assert.ok(tokens.endsWith(expected), `${line}: ${tokens}`);
		else assert.equal(tokens, expected, line);
	}
});

test("tokenizer: variables cannot make a word grow without bound", () => {
	const long = "x".repeat(256);
	for (const quote of ["", '"']) {
		const tokenizer = new Tokenizer(`echo ${quote}${"$A".repeat(100)}${quote}`, () => long);
		assert.equal(tokenizer.next(), INVALID);
		assert.equal(tokenizer.error, "a word is too long");
	}
});
