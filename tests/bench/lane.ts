/** What a lane of the bench gives: figures, or a line on what is missing to measure them. */

/** By name; each row of budgets.ts is of one lane. */
export type Figures = Readonly<Record<string, number>>;

export interface Lane {
	/** What the names of its figures begin with. */
	readonly prefix: string;
	/** @throws NotMeasured where a tool is missing */
	measure(): Promise<Figures>;
}

/** One line: what is missing, and what to install. */
export class NotMeasured extends Error {}
