-- What was ordered by itself by one tool, newest first: a conversation, or the results of a tool that is rarely used.
CREATE INDEX takes_tasks_by_tool ON takes (studio, tool, created_at DESC, id DESC) WHERE kind = 'task';
