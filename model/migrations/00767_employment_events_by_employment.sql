-- +goose Up
CREATE INDEX employment_events_by_employment ON employment_events (employment_id, id);
