-- +goose Up
ALTER TABLE units ADD COLUMN handover_on CHAR(10);
