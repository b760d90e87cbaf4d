-- +goose Up
CREATE TABLE redemption_events (
    id BINARY(16) NOT NULL PRIMARY KEY,
    redemption_id BINARY(16) NOT NULL,
    goods_id BINARY(16) NOT NULL,
    unit_id BINARY(16) NOT NULL,
    from_status VARCHAR(16) NOT NULL,
    to_status VARCHAR(16) NOT NULL,
    quantity BIGINT NOT NULL,
    points BIGINT NOT NULL,
    actor_id BINARY(16),
    day CHAR(10) NOT NULL,
    at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
