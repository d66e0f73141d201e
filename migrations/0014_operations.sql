-- How whoever watches the making reads jobs of all studios: those under way, and those that ended badly, newest first.
CREATE INDEX jobs_under_way ON jobs (status, tool, created_at) WHERE finished_at IS NULL;
CREATE INDEX jobs_ended_badly ON jobs (finished_at DESC, problem_code, model, tool, id) WHERE status IN ('failed', 'refused', 'expired');
