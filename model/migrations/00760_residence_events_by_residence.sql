-- +goose Up
CREATE INDEX residence_events_by_residence ON residence_events (residence_id, id);
