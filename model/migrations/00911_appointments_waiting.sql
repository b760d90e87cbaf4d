-- +goose Up
CREATE INDEX appointments_waiting ON appointments (ended_at, id);
