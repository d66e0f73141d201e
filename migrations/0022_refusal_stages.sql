-- Where a model refused what was asked for, as its provider says: what it was given, or what it had made.
ALTER TABLE jobs ADD COLUMN refusal_stage TEXT CHECK (refusal_stage IN ('input', 'output'));
