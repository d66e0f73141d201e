-- What an attempt's provider said that it cost, in millionths of a dollar; null where it said nothing.
ALTER TABLE model_outcomes ADD COLUMN cost_micros INTEGER;
