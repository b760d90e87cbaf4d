-- +goose Up
CREATE TABLE stock_movements (
    id BINARY(16) NOT NULL PRIMARY KEY,
    goods_id BINARY(16) NOT NULL,
    redemption_id BINARY(16),
    delta BIGINT NOT NULL,
    reason VARCHAR(200) NOT NULL,
    actor_id BINARY(16),
    at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
