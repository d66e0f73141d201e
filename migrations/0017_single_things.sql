-- What was ordered by itself, newest first.
CREATE INDEX takes_tasks ON takes (studio, created_at DESC, id DESC) WHERE kind = 'task';
