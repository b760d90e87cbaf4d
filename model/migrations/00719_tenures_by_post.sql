-- +goose Up
CREATE UNIQUE INDEX tenures_by_post ON tenures (post_branch_id);
