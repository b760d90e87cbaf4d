-- +goose Up
UPDATE requests SET source = 'open311' WHERE submitter_id IN (SELECT user_id FROM open311_clients);
