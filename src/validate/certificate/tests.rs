//! Claims about the checks, each with a file that breaks it and one that does not.
