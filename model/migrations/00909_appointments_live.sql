-- +goose Up
CREATE UNIQUE INDEX appointments_live ON appointments (live_key);
