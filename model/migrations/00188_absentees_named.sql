-- +goose Up
CREATE INDEX absentees_named ON absentees (emptied_at, id);
