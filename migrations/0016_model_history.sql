-- What the newest jobs of a model took: the index holds all that is asked. It takes the place of the one by tool, which nothing reads any more.
CREATE INDEX jobs_by_model ON jobs (model, finished_at DESC, started_at, frames) WHERE status = 'succeeded';
DROP INDEX jobs_by_tool;
-- Whether what failed has been tried again since.
CREATE INDEX jobs_of_node ON jobs (project, node, created_at);
