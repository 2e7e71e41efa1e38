import { GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { fromSpki, type Signer } from '../trail/signed-note.ts';

/** For one call, including the SDK's retries. */
const TIMEOUT_MILLISECONDS = 30_000;

/** Signs with a KMS key of the spec ECC_NIST_EDWARDS25519, which never leaves KMS. */
export class KmsSigner implements Signer {
  readonly #kms: KMSClient;
  readonly #keyId: string;
  readonly #timeout: number;
  readonly previous: Signer | undefined;
  #publicKey: Promise<Uint8Array> | undefined;

  /**
   * @param keyId the key's id or ARN
   * @param options `timeout`: milliseconds after which a call is aborted. `previous`: the signer of the key before it
   */
  constructor(
    kms: KMSClient,
    keyId: string,
    {
      timeout = TIMEOUT_MILLISECONDS,
      previous,
    }: { readonly timeout?: number; readonly previous?: Signer | undefined } = {},
  ) {
    this.#kms = kms;
    this.#keyId = keyId;
    this.#timeout = timeout;
    this.previous = previous;
  }

  /** Requested once: the material of a KMS key does not change. */
  async publicKey(): Promise<Uint8Array> {
    this.#publicKey ??= this.#readPublicKey();
    try {
      return await this.#publicKey;
    } catch (error) {
      this.#publicKey = undefined;
      throw error;
    }
  }

  /** Raw and at most 4,096 bytes (KMS API reference, Sign); a checkpoint has about 150. */
  async sign(message: Uint8Array): Promise<Uint8Array> {
    const { Signature } = await this.#kms.send(
      new SignCommand({
        KeyId: this.#keyId,
        Message: message,
        MessageType: 'RAW',
        SigningAlgorithm: 'ED25519_SHA_512',
      }),
      this.#deadline(),
    );
    if (Signature?.length !== 64) throw new TypeError(`KMS gave a signature of ${Signature?.length} bytes, not of 64`);
    return Signature;
  }

  async #readPublicKey(): Promise<Uint8Array> {
    const command = new GetPublicKeyCommand({ KeyId: this.#keyId });
    const { PublicKey } = await this.#kms.send(command, this.#deadline());
    return fromSpki(PublicKey ?? new Uint8Array());
  }

  /** The client's own timeouts end with an answer's first byte: only a signal also stops one that never ends. */
  #deadline() {
    return { abortSignal: AbortSignal.timeout(this.#timeout) };
  }
}
