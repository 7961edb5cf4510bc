/** By which the keyboard finds the field that typing goes to. */
export const SEARCH_FIELD = 'search-field';
