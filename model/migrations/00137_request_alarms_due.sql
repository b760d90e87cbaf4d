-- +goose Up
CREATE INDEX request_alarms_due ON request_alarms (at, clock_id);
