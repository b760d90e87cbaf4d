-- +goose Up
CREATE UNIQUE INDEX attendances_once ON attendances (sign_up_id, kind, source);
