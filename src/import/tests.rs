//! What is written for what was found, and what is left out.
