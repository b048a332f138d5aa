"""鍵: the sandbox's RSA-2048 keys, made once per folder and published on purpose (they protect nothing)."""

from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


class Keys:
    """鍵束: keys by name under `folder`; `prepare` makes the missing ones on all cores."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _loaded(self) -> dict[str, rsa.RSAPrivateKey]:
        return {}

    def path(self, name: str) -> Path:
        return self._folder / f"{name}.pem"

    def prepare(self, names: list[str]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        missing = [name for name in names if not self.path(name).exists()]
        with ThreadPoolExecutor() as pool:
            list(pool.map(self._generate, missing))

    def __getitem__(self, name: str) -> rsa.RSAPrivateKey:
        if name not in self._loaded:
            self._loaded[name] = load_key(self.path(name))
        return self._loaded[name]

    def _generate(self, name: str) -> None:
        key = rsa.generate_private_key(65537, 2048)
        path = self.path(name)
        whole = path.with_suffix(".new")
        whole.write_bytes(key_pem(key))
        whole.chmod(0o600)
        whole.rename(path)
        self._loaded[name] = key


def key_pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def load_key(path: Path) -> rsa.RSAPrivateKey:
    # The file is our own: checking its primes again would cost tens of milliseconds per key.
    key = serialization.load_pem_private_key(path.read_bytes(), None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{path} does not hold an RSA key; delete the folder and let the sandbox make it again.")
    return key
