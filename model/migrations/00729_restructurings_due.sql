-- +goose Up
CREATE INDEX restructurings_due ON restructurings (status, effective_on);
