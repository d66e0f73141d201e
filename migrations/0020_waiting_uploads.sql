-- Uploads that nobody completed, by when they were announced: what a completion left that died is taken away at night.
CREATE INDEX uploads_waiting ON uploads (created_at) WHERE status = 'waiting';
