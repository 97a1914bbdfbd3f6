import { listTerms } from "./api.js";
import { number } from "./format.js";
import { t } from "./words.js";

const MAX_SUGGESTIONS = 8;

/** The own tags that begin with what is in the field. For `addSuggestions`. */
export const suggestTags = (input) => async (signal) => {
	const { terms } = await listTerms({ prefix: input.value.trim(), kind: "tag", limit: MAX_SUGGESTIONS }, signal);
	return terms.map(({ value, count }) => ({ text: value, note: number(count), label: t("selection.suggestion", { tag: value, count }) }));
};
