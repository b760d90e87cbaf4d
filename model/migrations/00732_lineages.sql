-- +goose Up
CREATE TABLE lineages (
    predecessor_id BINARY(16) NOT NULL,
    successor_id BINARY(16) NOT NULL,
    restructuring_id BINARY(16) NOT NULL,
    valid_from CHAR(10) NOT NULL,
    main BOOLEAN NOT NULL,
    PRIMARY KEY (predecessor_id, successor_id)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
