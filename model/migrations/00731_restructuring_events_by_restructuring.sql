-- +goose Up
CREATE UNIQUE INDEX restructuring_events_by_restructuring ON restructuring_events (restructuring_id, seq);
