-- +goose Up
CREATE INDEX tenures_due ON tenures (status, starts_on);
