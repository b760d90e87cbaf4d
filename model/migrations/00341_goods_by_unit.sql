-- +goose Up
CREATE INDEX goods_by_unit ON goods (unit_id, id);
