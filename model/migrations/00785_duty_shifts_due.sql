-- +goose Up
CREATE INDEX duty_shifts_due ON duty_shifts (status, starts_at);
