/** What the emulated device has besides what the XS board has. */
declare module "fieldssh/instructions" {
	/** Instructions executed since the start, the same in every run. */
	export default function instructions(): number;
}
