-- +goose Up
CREATE TABLE goods (
    id BINARY(16) NOT NULL PRIMARY KEY,
    unit_id BINARY(16) NOT NULL,
    name VARCHAR(64) NOT NULL,
    price BIGINT NOT NULL,
    stock BIGINT NOT NULL,
    per_person_month BIGINT NOT NULL,
    created_at DATETIME/*!(3)*/ NOT NULL,
    CHECK (stock >= 0),
    CHECK (price > 0)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
