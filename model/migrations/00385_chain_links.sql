-- +goose Up
CREATE TABLE chain_links (
    chain VARCHAR(16) NOT NULL,
    number BIGINT NOT NULL,
    row_id BINARY(16) NOT NULL,
    profile VARCHAR(16) NOT NULL,
    hash VARBINARY(64) NOT NULL,
    at DATETIME/*!(3)*/ NOT NULL,
    PRIMARY KEY (chain, number)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
