-- +goose Up
CREATE INDEX stock_movements_by_goods ON stock_movements (goods_id, id);
