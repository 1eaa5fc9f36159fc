/** What the emulated device has besides the XS board's modules. */
declare module "fieldssh/instructions" {
	/**
	 * Instructions executed since the start, those for the wire to the host left out: the same in every run. Without
	 * `exact`, or with --fast, a number that means nothing.
	 */
	export default function instructions(): number;
}
