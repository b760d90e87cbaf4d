-- +goose Up
CREATE INDEX boxes_by_told ON boxes (told, ended_at, due_on, id);
