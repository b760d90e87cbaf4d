-- +goose Up
CREATE INDEX reveals_by_subject ON reveals (subject_id);
