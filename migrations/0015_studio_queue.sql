-- Jobs of one studio that are not over.
CREATE INDEX jobs_of_studio_under_way ON jobs (studio, status, created_at) WHERE finished_at IS NULL;
