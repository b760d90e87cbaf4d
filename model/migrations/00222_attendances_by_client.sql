-- +goose Up
CREATE UNIQUE INDEX attendances_by_client ON attendances (activity_id, client_id);
