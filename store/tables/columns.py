"""列: what the tables are made of; every row carries its municipality."""

from sqlalchemy import Column, DateTime, ForeignKey, MetaData, Text, func, text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def city(*, primary_key: bool = False) -> Column[str]:
    current = func.current_setting("app.municipality")
    return Column("municipality", Text, nullable=False, server_default=current, primary_key=primary_key)


def now(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())


def at(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True))


def arrival() -> Column[str]:
    """受付方法: how a request reached the city; of most, online."""
    return Column("arrival", Text, nullable=False, server_default=text("'online'"))


def of_case(*, primary_key: bool = False) -> Column[str]:
    return Column(
        "receipt_number", Text, ForeignKey("case_file.receipt_number"), nullable=False, primary_key=primary_key
    )
