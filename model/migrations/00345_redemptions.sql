-- +goose Up
CREATE TABLE redemptions (
    id BINARY(16) NOT NULL PRIMARY KEY,
    goods_id BINARY(16) NOT NULL,
    unit_id BINARY(16) NOT NULL,
    user_id BINARY(16) NOT NULL,
    quantity BIGINT NOT NULL,
    price BIGINT NOT NULL,
    returned BIGINT NOT NULL,
    status VARCHAR(16) NOT NULL,
    limited BOOLEAN NOT NULL,
    code_hash BINARY(32) NOT NULL,
    code_sealed VARBINARY(128) NOT NULL,
    expires_at DATETIME/*!(3)*/ NOT NULL,
    created_at DATETIME/*!(3)*/ NOT NULL,
    updated_at DATETIME/*!(3)*/ NOT NULL,
    CHECK (returned >= 0 AND returned <= quantity)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
