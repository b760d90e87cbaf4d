-- +goose Up
CREATE TABLE points_lots (
    id BINARY(16) NOT NULL PRIMARY KEY,
    account_id BINARY(16) NOT NULL,
    transaction_id BINARY(16) NOT NULL,
    pool_id BINARY(16) NOT NULL,
    points BIGINT NOT NULL,
    remaining BIGINT NOT NULL,
    expired BIGINT NOT NULL,
    expires_on CHAR(10) NOT NULL,
    CHECK (remaining >= 0 AND expired >= 0 AND remaining + expired <= points)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
