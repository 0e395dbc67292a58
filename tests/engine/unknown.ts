/** How the engine writes a value that is not known before creation. */
export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
