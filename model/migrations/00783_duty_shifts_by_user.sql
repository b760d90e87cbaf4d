-- +goose Up
CREATE UNIQUE INDEX duty_shifts_by_user ON duty_shifts (user_id, date, live);
