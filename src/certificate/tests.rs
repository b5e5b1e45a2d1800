//! Claims about reading, on files of the test PKI.
